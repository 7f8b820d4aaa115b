// A list of items on paper.
import { $ } from "./parts.js";

$("print").addEventListener("click", () => print());
