/** The name of a new adapter: what may be one, and what is made of it. */
import { Mistake } from "./mistake.ts";

export interface AdapterName {
  /** `web-workers`: the folder, the runtime's name, and the package behind the scope. */
  readonly name: string;
  /** `WebWorkers`: the module. */
  readonly module: string;
}

export const scope = "@heddle/";

// npm allows 214 characters, with the scope.
const longest = 214 - scope.length;

/** They mean something else on a command line, or in the files that are made. */
const reserved: ReadonlySet<string> = new Set(["all", "serial", "task", "runtime", "effect", "newcomer"]);

const shape = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;

const capitalized = (word: string): string => word.slice(0, 1).toUpperCase() + word.slice(1);

/** Reads a name, or throws a {@link Mistake} that says what is wrong with it. */
export const parse = (text: string): AdapterName => {
  if (text.startsWith("@")) {
    throw new Mistake(`"${text}": leave out the scope; the package will be ${scope}NAME`);
  }
  if (!shape.test(text)) {
    const expected = "small letters, digits and single dashes, beginning with a letter, such as web-workers";
    throw new Mistake(`"${text}" cannot be the name of a package here: expected ${expected}`);
  }
  if (text.length > longest) {
    throw new Mistake(`a name of ${text.length} characters: npm allows ${longest} after ${scope}`);
  }
  if (reserved.has(text)) throw new Mistake(`"${text}" means something else already: take another name`);
  return { name: text, module: text.split("-").map(capitalized).join("") };
};
