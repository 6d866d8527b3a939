/**
 * The numbers of units.
 */

/** The program as a unit. */
export const program = 0;
