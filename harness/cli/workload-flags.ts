import { type Command, Option } from 'commander';
import { SENSOR_PARTS, type SensorPart } from '../../simulators/sensor-parts.js';
import type { WorkloadChoice } from '../measure/play.js';
import { SIMULATED, type Simulated } from '../measure/simulated.js';
import { DATE_ORDERS, type DateOrder } from '../tables/readers/local-times.js';
import { UsageError } from './exit.js';
import { namesAmong, whole } from './flags.js';

/** What commands are told that run rules over a workload. */
export interface WorkloadFlags {
  readonly hosts?: number;
  readonly days?: number;
  readonly seed?: number;
  readonly sensorOff?: readonly SensorPart[];
  readonly events?: readonly string[];
  readonly labels?: string;
  readonly simulate?: Simulated;
  readonly dates?: DateOrder;
}

/** Adds the flags that say which events a rule is run over. */
export function withWorkload(command: Command): Command {
  return command
    .option('--hosts <n>', 'hosts of the simulated organisation', whole(1))
    .option('--days <n>', 'days that are simulated', whole(1))
    .option('--seed <n>', 'the same seed makes the same events', whole(0))
    .option(
      '--sensor-off <parts>',
      `parts of the sensor that are switched off, parted by commas: ${SENSOR_PARTS.join(', ')}, or all`,
      sensorParts,
    )
    .option(
      '--events <files...>',
      "your own events: exports (.csv, .json, .ndjson, .parquet), or folders of them; Table=FILE says what a file's table is",
    )
    .option('--labels <file>', 'which of them are malicious (YAML, JSON or CSV); the others are benign')
    .addOption(new Option('--simulate <what>', 'what is simulated beside them (default: all)').choices(SIMULATED))
    .addOption(
      new Option('--dates <order>', 'what comes first in dates such as 3/1/2026 in them').choices(DATE_ORDERS),
    );
}

/**
 * The workload that flags ask for.
 * @throws UsageError for flags about events of which there are none
 */
export function workloadChoice(flags: WorkloadFlags): WorkloadChoice {
  const { hosts, days, seed, sensorOff, events, labels, simulate, dates } = flags;
  for (const [flag, value] of Object.entries({ labels, simulate, dates })) {
    if (events === undefined && value !== undefined) {
      throw new UsageError(`--${flag} is about your own events: name them with --events FILE.`);
    }
  }
  return {
    ...(hosts !== undefined && { hosts }),
    ...(days !== undefined && { days }),
    ...(seed !== undefined && { seed }),
    ...(sensorOff !== undefined && { sensorOff }),
    ...(events !== undefined && { own: { files: events, labels, dates, simulated: simulate ?? 'all' } }),
  };
}

function sensorParts(text: string, before?: readonly SensorPart[]): readonly SensorPart[] {
  return text.trim() === 'all' ? SENSOR_PARTS : namesAmong('part', SENSOR_PARTS)(text, before);
}
