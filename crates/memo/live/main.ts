// What runs in the page.

import { goLive } from "./live.ts";
import { load } from "./payload.ts";

void goLive(load);
