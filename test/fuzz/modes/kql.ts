import { randomText } from '../generate.js';
import { Judge } from '../judge.js';
import type { Mode } from './mode.js';

/** Texts for the compiler; a share of them runs as well, on small tables of odd values in a sealed engine. */
export const KQL: Mode = {
  name: 'kql',
  what: 'queries, compiled and run',
  async open(share) {
    const judge = await Judge.open();
    let nth = 0;
    return {
      async judge(random) {
        const input = randomText(random);
        return { ...(await judge.judge(input, nth++ % share === 0)), input };
      },
      close: () => judge.close(),
    };
  },
};
