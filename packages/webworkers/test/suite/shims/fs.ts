/**
 * What the suite uses of `node:fs`, for a page and its workers: the server has the files.
 */
const ask = (operation: string, path: string, text = ""): string => {
  const request = new XMLHttpRequest();
  // Synchronous, as the functions of Node are.
  request.open("POST", `/fs/${operation}`, false);
  request.send(JSON.stringify([path, text]));
  if (request.status !== 200) throw new Error(`${operation} ${path}: ${request.responseText}`);
  return request.responseText;
};

export const appendFileSync = (path: string, text: string): void => void ask("append", path, text);
export const writeFileSync = (path: string, text: string): void => void ask("write", path, text);
export const readFileSync = (path: string): string => ask("read", path);
export const existsSync = (path: string): boolean => ask("exists", path) === "true";
export const mkdtempSync = (prefix: string): string => ask("mkdtemp", prefix);
export const rmSync = (path: string): void => void ask("rm", path);
export const writeSync = (_: number, text: string): void => console.error(text);
