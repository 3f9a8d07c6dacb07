/** The parts of the sensor, each of which can be switched off. */
export const SENSOR_PARTS = [
  'onceADay',
  'connectsPerDay',
  'aggregatedReports',
  'emptyUrl',
  'fullUrl',
  'inspected',
  'duplicates',
  'late',
] as const;
export type SensorPart = (typeof SENSOR_PARTS)[number];
