/** Formats that judged events are written in. */
export const EVENT_FORMATS = ['csv', 'parquet'] as const;
export type EventFormat = (typeof EVENT_FORMATS)[number];
