// The one way markup is written here: tagged templates that make Preact nodes. Text in them is always text.
import { h } from "preact";
import htm from "htm";

export const html = htm.bind(h);
