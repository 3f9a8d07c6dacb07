/**
 * What stands behind a detection's figures: its alerts, and what happened in each of its activities. It is no part of
 * the measurement, which every format carries; only the HTML report shows it.
 */
export interface Evidence {
  /** Every alert, in order of time; the values of its row by the rule's columns. */
  readonly alerts: {
    readonly columns: readonly string[];
    readonly rows: readonly AlertEvidence[];
  };
  /** The malicious activities. */
  readonly activities: readonly ActivityEvidence[];
}

export interface AlertEvidence {
  readonly verdict: 'true' | 'false';
  /** The scenario and host that the alert is put down to; empty when it came from no event. */
  readonly scenario: string;
  readonly host: string;
  /** How many events it came from. */
  readonly events: number;
  /** The id of the first of them; empty when there is none. */
  readonly event: string;
  /** A row as text, by column. */
  readonly row: readonly string[];
}

export interface ActivityEvidence {
  readonly scenario: string;
  readonly activity: number;
  readonly host: string;
  readonly detected: boolean;
  readonly events: readonly EventEvidence[];
}

export interface EventEvidence {
  /** By which `assay explain` finds it. */
  readonly id: string;
  readonly time: string;
  readonly table: string;
  readonly role: string;
  /** Whether an alert came from it. */
  readonly returned: boolean;
  /** What the event holds in the columns that the rule names. */
  readonly facts: Readonly<Record<string, string>>;
}

/** A column of a table that the page draws itself: its distinct values, and which of them each row has. */
export interface Column {
  readonly title: string;
  readonly distinct: readonly (string | number)[];
  readonly index: readonly number[];
}

/** A column from the value of each row. */
export function column(title: string, values: readonly (string | number)[]): Column {
  const places = new Map<string | number, number>();
  const index = values.map((value) => {
    const place = places.get(value) ?? places.size;
    if (place === places.size) places.set(value, place);
    return place;
  });
  return { title, distinct: [...places.keys()], index };
}

/** The alerts as columns: the truth first, then what the rule returned. */
export function alertColumns({ alerts: { columns, rows } }: Evidence): Column[] {
  return [
    column(
      'Verdict',
      rows.map(({ verdict }) => verdict),
    ),
    column(
      'Scenario',
      rows.map(({ scenario }) => scenario),
    ),
    column(
      'Host',
      rows.map(({ host }) => host),
    ),
    column(
      'Events',
      rows.map(({ events }) => events),
    ),
    column(
      'Event',
      rows.map(({ event }) => event),
    ),
    ...columns.map((name, i) =>
      column(
        name,
        rows.map(({ row }) => row[i] ?? ''),
      ),
    ),
  ];
}
