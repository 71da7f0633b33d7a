// Starts the client on its own page.

import { mount } from "./app.mjs";

mount(document.getElementById("app"));
