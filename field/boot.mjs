// Starts the client on its own page, in the newest release that the phone has.

import { mount } from "./app.mjs";
import { Keeping } from "./keeping.mjs";

const keeping = new Keeping();
if (!(await keeping.takeNewest())) mount(document.getElementById("app"), { keeping });
