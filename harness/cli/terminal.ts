/** How much a stream can show; what is no terminal gets neither colour nor a line longer than people read. */
export function terminalOf(stream: NodeJS.WriteStream): { color: boolean; width: number } {
  const width = Math.min(Math.max(stream.columns ?? 100, 60), 140);
  return { color: stream.isTTY === true && stream.hasColors() && (process.env['NO_COLOR'] ?? '') === '', width };
}
