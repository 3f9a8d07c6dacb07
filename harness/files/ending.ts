/** What has to be undone when this process ends: temporary folders, half-written files. */
import { constants } from 'node:os';

type Signal = 'SIGHUP' | 'SIGINT' | 'SIGTERM';

const SIGNALS: readonly Signal[] = ['SIGHUP', 'SIGINT', 'SIGTERM'];

const duties = new Set<() => void>();
let ownsSignals = false;
let listens = false;
let stop: (() => void) | undefined;

process.on('exit', perform);

/**
 * Has something done when the process ends, whether by itself, by an error or, in the command line, by a signal.
 *
 * @param duty must not wait for anything; what it throws is lost
 * @returns takes it off again
 */
export function atEnd(duty: () => void): () => void {
  duties.add(duty);
  listen();
  return () => {
    duties.delete(duty);
    listen();
  };
}

/** Has the signals that end a process do what is left to do first. For a program that is its process, no library. */
export function endOnSignals(): void {
  ownsSignals = true;
  listen();
}

/** Settles at the first signal to stop, and when nobody reads the answers any more; a second signal ends the process. */
export function untilStopped(): Promise<void> {
  return new Promise((settle) => {
    stop = settle;
    listen();
  });
}

/**
 * Stops what waits for a signal.
 *
 * @returns whether anything did
 */
export function askToStop(): boolean {
  const waiting = stop;
  stop = undefined;
  waiting?.();
  listen();
  return waiting !== undefined;
}

/** Signals are listened to only while they have something to do: the system ends a busy process sooner. */
function listen(): void {
  const wanted = stop !== undefined || (ownsSignals && duties.size > 0);
  if (wanted === listens) return;
  listens = wanted;
  for (const signal of SIGNALS)
    if (wanted) process.on(signal, end);
    else process.off(signal, end);
}

function end(signal: Signal): void {
  if (askToStop()) return;
  // From here on the system deals with signals: a second one ends the process at once.
  for (const each of SIGNALS) process.off(each, end);
  perform();
  // By the signal itself, so that the parent process sees why it ended. It also stops what runs on other
  // threads, which an exit would wait for.
  process.kill(process.pid, signal);
  // The first process of a container outlives its own signals.
  process.exit(128 + constants.signals[signal]);
}

function perform(): void {
  for (const duty of duties) {
    duties.delete(duty);
    try {
      duty();
    } catch {
      // Nobody is left to tell, and the others are still to be done. The next run removes what is left.
    }
  }
}
