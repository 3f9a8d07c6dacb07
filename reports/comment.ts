import { fitting, leftOut } from './markdown.js';

/** By this line the comment of an earlier run is found again. */
const MARK = '<!-- assay -->';

/** GitHub takes no longer comment. */
const MOST_CHARACTERS = 65_536;

/** What is kept for the marks between the parts, and for what is said of details that are left out. */
const ROOM_BESIDE = 200;

/** Where the details of one detection begin; what stands above the first of them is a report's answer. */
const DETAILS = /\n\n(?=### )/;

/**
 * Markdown reports as one comment on a pull request. Each keeps its answer, whatever is in the others: details are there
 * as far as they fit.
 */
export function pullRequestComment(reports: readonly string[]): string {
  const room = MOST_CHARACTERS - ROOM_BESIDE * (reports.length + 1);
  const parts = reports.map((report) => {
    const [answer = '', ...details] = report.trimEnd().split(DETAILS);
    return { answer: wholeLines(answer, room / reports.length), details };
  });
  let left = parts.reduce((rest, { answer }) => rest - answer.length, room);
  const texts = parts.map(({ answer, details }) => {
    const shown = fitting(left, details);
    left = shown.reduce((rest, each) => rest - each.length - 2, left);
    return [answer, ...shown, ...leftOut(details.length - shown.length)].join('\n\n');
  });
  return `${[MARK, ...texts].join('\n\n')}\n`;
}

/** The lines that fit, from the first on. */
function wholeLines(text: string, most: number): string {
  if (text.length <= most) return text;
  const end = text.lastIndexOf('\n', most);
  return end === -1 ? '' : text.slice(0, end);
}
