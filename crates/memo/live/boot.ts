// The one script that stands in the page as it is: it unpacks the other and starts it. Where that cannot be done, the page
// stays as it is and says so by itself.

import { unpackedText } from "./packed.ts";

void unpackedText("live").then((code) => {
  const script = document.createElement("script");
  script.textContent = code;
  document.head.append(script);
});
