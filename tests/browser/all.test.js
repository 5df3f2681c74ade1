// Every test, one after the other: they share the machine's two processors.
import "./test/locks.js";
import "./test/desk.js";
import "./test/lists.js";
import "./test/reconnect.js";
import "./test/access.js";
import "./test/appearance.js";
import "./test/docs.js";
import "./test/alerts.js";
import "./test/smoothness.js";
