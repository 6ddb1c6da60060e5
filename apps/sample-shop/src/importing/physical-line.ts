/** One line of the file as an editor counts it, from 1; its text has no LF at the end, but still a CR if there was one. */
export interface PhysicalLine {
  readonly number: number;
  readonly text: string;
  /** Longer than MAX_LINE_LENGTH; `text` is then only its beginning. */
  readonly isCut: boolean;
}

/** Characters of a line that are kept. A file without line ends, such as a disk image, must not fill the memory. */
export const MAX_LINE_LENGTH = 65_536;

/**
 * Splits text into lines at LF.
 *
 * @param chunks text, cut anywhere
 */
export async function* physicalLines(chunks: AsyncIterable<string>): AsyncGenerator<PhysicalLine> {
  let number = 1;
  let begun = '';
  for await (const chunk of chunks) {
    let start = 0;
    for (let end = chunk.indexOf('\n'); end >= 0; end = chunk.indexOf('\n', start)) {
      yield line(number++, begun + chunk.slice(start, end));
      begun = '';
      start = end + 1;
    }
    // One character more than is kept, so that the cut is still known when the line ends.
    if (begun.length <= MAX_LINE_LENGTH) begun += chunk.slice(start, start + MAX_LINE_LENGTH + 1);
  }
  if (begun !== '') yield line(number, begun);
}

const line = (number: number, text: string): PhysicalLine => ({
  number,
  text: text.slice(0, MAX_LINE_LENGTH),
  isCut: text.length > MAX_LINE_LENGTH,
});
