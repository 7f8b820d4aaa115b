// A page that is put on paper: its one key.
import { $ } from "./parts.js";

$("print").addEventListener("click", () => print());
