// Starts the live page.

import { offerLanguages } from "./ui/language.ts";

offerLanguages();
