import { shortened } from '../kql/errors.js';

/** One mistake in a file, at its place. */
export interface FileProblem {
  /** Path of the file as the caller gave it. */
  readonly file: string;
  /** 1-based; 0 when the problem is the file as a whole (it cannot be read). */
  readonly line: number;
  /** 1-based; 0 when the problem is the file as a whole. */
  readonly column: number;
  /** What is wrong and what was expected, in one sentence. */
  readonly message: string;
  /** What to write instead, when something is known. */
  readonly suggestion?: string;
}

/** A file that cannot be used; holds every problem found, all of them in `message`, one a line. */
export class FileError extends Error {
  readonly problems: readonly FileProblem[];

  constructor(problems: readonly FileProblem[]) {
    const short = problems.map(shortProblem);
    super(short.map(formatProblem).join('\n'));
    this.name = 'FileError';
    this.problems = short;
  }
}

function shortProblem(problem: FileProblem): FileProblem {
  const { message, suggestion } = problem;
  return {
    ...problem,
    message: shortened(message),
    ...(suggestion !== undefined && { suggestion: shortened(suggestion) }),
  };
}

/** `file:line:column: message Did you mean …?`, as editors and CI systems recognise it. */
export function formatProblem(problem: FileProblem): string {
  const place = problem.line === 0 ? problem.file : `${problem.file}:${problem.line}:${problem.column}`;
  const suggestion = problem.suggestion === undefined ? '' : ` ${problem.suggestion}`;
  return `${place}: ${problem.message}${suggestion}`;
}
