import { packageTests } from "@heddle/tooling/vitest";

export default packageTests();
