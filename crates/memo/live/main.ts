// What runs in the page.

import { goStill } from "./live.ts";

goStill();
