// What the page carries packed: zlib in base64, inside a script element of type text/plain.

/** The bytes packed in the element with this id. */
export async function unpackedBytes(id: string): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await unpacked(id).arrayBuffer());
}

/** The text packed in the element with this id. */
export function unpackedText(id: string): Promise<string> {
  return unpacked(id).text();
}

function unpacked(id: string): Response {
  const element = document.getElementById(id);
  if (!element) throw new Error(`nothing is packed as ${id}`);
  const letters = atob(element.textContent ?? "");
  const bytes = Uint8Array.from(letters, (letter) => letter.charCodeAt(0));
  return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate")));
}
