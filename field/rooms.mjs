// What lies behind the first screen, in one place: fetched right after it, so that the first screen comes sooner.

export { returnedWork } from "./again.mjs";
export { askForSync } from "./background.mjs";
export { checklistScreen } from "./checklist_screen.mjs";
export { prefetchEarlier } from "./ghost.mjs";
export { mapScreen } from "./map_screen.mjs";
export { outboxScreen } from "./outbox_screen.mjs";
export { receiptScreen } from "./receipt_screen.mjs";
export { Sender } from "./send.mjs";
export { TabBar } from "./tab_bar.mjs";
export { Visit } from "./visit.mjs";
export { visitScreen } from "./visit_screen.mjs";
