import { z } from 'zod';

/** Grades of exceptions, by what it takes to meet all of one's tests. */
export const GRADES = ['A', 'B', 'C', 'D', 'E'] as const;
export type Grade = (typeof GRADES)[number];

/** What each grade says. An exception is as good as the cheapest way to meet all of it. */
export const GRADE_MEANS: Readonly<Record<Grade, string>> = {
  A: 'needs somebody else: the owner of a destination, the provider of an address, the key of a signer',
  B: 'needs administrator rights on the host',
  C: 'needs code inside a program that an administrator installed, as by injection, or on the devices that are named',
  D: "needs the imitation of one program that is in a user's own reach: its folder, its parent, its account",
  E: 'needs nothing: every field can be chosen by any program, or the program does what it is told',
};

/** How safe an exception is, and why: part of every document that shows one. */
export const evidenceOfGrade = z.strictObject({
  grade: z.enum(GRADES),
  /** The cheapest way to be hidden by it. */
  way: z.string(),
  /** Who controls each field that it asks. */
  fields: z.array(z.strictObject({ field: z.string(), kind: z.string(), control: z.string() })),
});
