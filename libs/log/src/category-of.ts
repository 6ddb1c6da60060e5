/** The category of a stream, as in message-db: what stands before the first hyphen of its name; the whole name when there is none. */
export function categoryOf(stream: string): string {
  const hyphen = stream.indexOf('-');
  return hyphen < 0 ? stream : stream.slice(0, hyphen);
}
