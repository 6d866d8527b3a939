/** What is wrong with what was asked for: told in one line, without a stack. */
export class Mistake extends Error {}
