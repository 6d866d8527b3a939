/** What the terminal can do, decided once. */

export interface Terminal {
  /** Lines may be redrawn on stderr. */
  readonly animates: boolean;
  /** Colour on stdout, where the results go. */
  readonly colour: boolean;
  readonly unicode: boolean;
  readonly columns: () => number;
}

type Env = Readonly<Record<string, string | undefined>>;

const isSet = (value: string | undefined): boolean => value !== undefined && value !== "";

const speaksUtf8 = (env: Env): boolean => {
  const locale = [env["LC_ALL"], env["LC_CTYPE"], env["LANG"]].find(isSet);
  return locale !== undefined && /utf-?8/i.test(locale);
};

/** Reads the environment and the streams. */
export const detect = (env: Env = process.env): Terminal => {
  const dumb = env["TERM"] === "dumb";
  const forced = isSet(env["FORCE_COLOR"]) && env["FORCE_COLOR"] !== "0" && env["FORCE_COLOR"] !== "false";
  return {
    animates: process.stderr.isTTY && !dumb && !isSet(env["CI"]),
    colour: !isSet(env["NO_COLOR"]) && (forced || (process.stdout.isTTY && !dumb)),
    unicode: speaksUtf8(env),
    columns: () => process.stderr.columns ?? process.stdout.columns ?? 80,
  };
};
