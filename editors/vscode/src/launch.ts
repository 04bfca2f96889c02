/** How to start the server: without the PYTHONPATH of the editor, whose folders may be the project's. */
export function launch(command: string) {
  return { command, args: ["server"], options: { env: { ...process.env, PYTHONPATH: "" } } };
}
