// Numbers as text, as the crate's `number.rs` writes them: decimal point, thousands comma, both languages alike.

/** With so many significant digits, trailing zeros dropped. */
export function significant(x: number, digits: number): string {
  if (!Number.isFinite(x)) return "–";
  const rounded = Number(x.toPrecision(digits));
  const magnitude = rounded === 0 ? 0 : Math.floor(Math.log10(Math.abs(rounded)));
  const decimals = Math.min(9, Math.max(0, digits - 1 - magnitude));
  const [whole, fraction = ""] = Math.abs(rounded).toFixed(decimals).split(".");
  const kept = fraction.replace(/0+$/, "");
  const text = whole.replace(/\B(?=(\d{3})+$)/g, ",") + (kept ? `.${kept}` : "");
  return rounded < 0 && text !== "0" ? `−${text}` : text;
}

/** Three significant digits: the memo's usual precision. */
export const number = (x: number): string => significant(x, 3);

/** A count of futures in 100. */
export function perHundred(count: number, of: number): string {
  if (of === 0) return "–";
  const rounded = Math.floor((200 * count + of) / (2 * of));
  if (rounded === 0 && count > 0) return "<1";
  if (rounded === 100 && count < of) return ">99";
  return String(rounded);
}
