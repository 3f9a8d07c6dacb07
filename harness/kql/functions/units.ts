/**
 * Conversion of units of measure. An unknown unit gives null.
 *
 * The factors are those that the real engine computes with, some of them with fewer digits than are known today (an
 * acre-foot is 1/0.000810714 m³). `convert_temperature()` is left out: its documented results follow no known scale.
 */
import { type HostFunction, hostFunction, type ScalarFunction } from './registry.js';

/** How much of the quantity's first unit one of each unit is. */
type Units = ReadonlyMap<string, number>;

const PREFIXES = {
  Nano: 1e-9,
  Micro: 1e-6,
  Milli: 1e-3,
  Centi: 1e-2,
  Deci: 1e-1,
  Deca: 1e1,
  Hecto: 1e2,
  Kilo: 1e3,
  Mega: 1e6,
  Giga: 1e9,
  Tera: 1e12,
} as const;

type Prefix = keyof typeof PREFIXES;

/** A unit with its multiples, whose names join the prefix to the unit's name in lower case: `KilousGallon`. */
function unit(name: string, size: number, ...prefixes: readonly Prefix[]): [string, number][] {
  const lower = name.charAt(0).toLowerCase() + name.slice(1);
  return [[name, size], ...prefixes.map((prefix): [string, number] => [`${prefix}${lower}`, PREFIXES[prefix] * size])];
}

function units(...all: readonly [string, number][][]): Units {
  return new Map(all.flat());
}

/** In degrees; a tilt is the sine of an angle and has no factor. */
const ANGLES = units(
  unit('Degree', 1, 'Nano', 'Micro', 'Milli'),
  unit('Radian', 180 / Math.PI, 'Nano', 'Micro', 'Milli', 'Centi', 'Deci'),
  unit('Arcminute', 1 / 60),
  unit('Arcsecond', 1 / 3600),
  unit('Gradian', 0.9),
  unit('NatoMil', 9 / 160),
  unit('Revolution', 360),
);

/** In joules. */
const ENERGIES = units(
  unit('Joule', 1, 'Milli', 'Kilo', 'Mega', 'Giga'),
  unit('BritishThermalUnit', 1055.05585262, 'Kilo', 'Mega', 'Giga'),
  unit('Calorie', 4.184, 'Kilo', 'Mega'),
  unit('ElectronVolt', 1.602176565e-19, 'Kilo', 'Mega', 'Giga', 'Tera'),
  unit('Erg', 1e-7),
  unit('FootPound', 1.355817948),
  unit('HorsepowerHour', 2.6845195377e6),
  unit('ThermEc', 1.05505585262e8, 'Deca'),
  unit('ThermImperial', 1.05505585257348e8, 'Deca'),
  unit('ThermUs', 1.054804e8, 'Deca'),
  unit('WattDay', 86_400, 'Kilo', 'Mega', 'Giga', 'Tera'),
  unit('WattHour', 3600, 'Kilo', 'Mega', 'Giga', 'Tera'),
);

/** In newtons. */
const FORCES = units(
  unit('Newton', 1, 'Micro', 'Milli', 'Deca', 'Kilo', 'Mega'),
  unit('Dyn', 1e-5),
  unit('KilogramForce', 9.80665002864),
  unit('KiloPond', 9.80665002864),
  unit('OunceForce', 0.2780138509537812),
  unit('Poundal', 0.13825502798973041),
  unit('PoundForce', 4.448221615260509, 'Kilo'),
  unit('ShortTonForce', 8896.443230521),
  unit('TonneForce', 9806.65002864),
);

/** In meters. */
const LENGTHS = units(
  unit('Meter', 1, 'Nano', 'Micro', 'Milli', 'Centi', 'Deci', 'Deca', 'Hecto', 'Kilo'),
  unit('Angstrom', 1e-10),
  unit('AstronomicalUnit', 1.495978707e11),
  unit('Chain', 20.1168),
  unit('DataMile', 1828.8),
  unit('DtpPica', 1 / 236.220472441),
  unit('DtpPoint', 0.0254 / 72),
  unit('Fathom', 1.8288),
  unit('Foot', 0.3048),
  unit('Hand', 0.1016),
  unit('Inch', 0.0254, 'Micro'),
  unit('LightYear', 9.46073047258e15, 'Kilo', 'Mega'),
  unit('Mil', 2.54e-5),
  unit('Mile', 1609.34),
  unit('NauticalMile', 1852),
  unit('Parsec', 3.08567758128e16, 'Kilo', 'Mega'),
  unit('PrinterPica', 1 / 237.106301584),
  unit('PrinterPoint', 0.0254 / 72.27),
  unit('Shackle', 27.432),
  unit('SolarRadius', 6.9551e8),
  unit('Twip', 1 / 56692.913385826),
  unit('UsSurveyFoot', 1200 / 3937),
  unit('Yard', 0.9144),
);

/** In kilograms. */
const MASSES = units(
  unit('Gram', 1e-3, 'Nano', 'Micro', 'Milli', 'Centi', 'Deci', 'Deca', 'Hecto', 'Kilo'),
  unit('EarthMass', 5.9722e24),
  unit('Grain', 1 / 15432.358352941432),
  unit('LongHundredweight', 1 / 0.01968413055222121),
  unit('LongTon', 1016.0469088),
  unit('Ounce', 0.028349523125),
  unit('Pound', 0.45359237, 'Kilo', 'Mega'),
  unit('ShortHundredweight', 1 / 0.022046226218487758),
  unit('ShortTon', 907.18474),
  unit('Slug', 1 / 6.852176556196105e-2),
  unit('SolarMass', 1.98947e30),
  unit('Stone', 1 / 0.1574731728702698),
  unit('Tonne', 1e3, 'Kilo', 'Mega'),
);

/** In meters per second. */
const SPEEDS = units(
  unit('MeterPerSecond', 1, 'Nano', 'Micro', 'Milli', 'Centi', 'Deci', 'Kilo'),
  unit('MeterPerMinute', 1 / 60, 'Nano', 'Micro', 'Milli', 'Centi', 'Deci', 'Kilo'),
  unit('MeterPerHour', 1 / 3600, 'Milli', 'Centi', 'Kilo'),
  unit('Knot', 0.514444),
  unit('MilePerHour', 0.44704),
  ...[
    ['Foot', 0.3048] as const,
    ['Inch', 0.0254] as const,
    ['UsSurveyFoot', 1200 / 3937] as const,
    ['Yard', 0.9144] as const,
  ].flatMap(([name, size]) => [
    unit(`${name}PerSecond`, size),
    unit(`${name}PerMinute`, size / 60),
    unit(`${name}PerHour`, size / 3600),
  ]),
);

/** In cubic meters. */
const VOLUMES = units(
  unit('CubicMeter', 1, 'Hecto', 'Kilo'),
  unit('Liter', 1e-3, 'Micro', 'Milli', 'Centi', 'Deci', 'Deca', 'Hecto', 'Kilo', 'Mega'),
  unit('AcreFoot', 1 / 0.000810714),
  unit('AuTablespoon', 2e-5),
  unit('BoardFoot', 2.3597372158e-3),
  unit('CubicCentimeter', 1e-6),
  unit('CubicDecimeter', 1e-3),
  unit('CubicFoot', 0.0283168, 'Hecto', 'Kilo', 'Mega'),
  unit('CubicHectometer', 1e6),
  unit('CubicInch', 1.6387e-5),
  unit('CubicKilometer', 1e9),
  unit('CubicMicrometer', 1e-18),
  unit('CubicMile', 4.16818182544058e9),
  unit('CubicMillimeter', 1e-9),
  unit('CubicYard', 0.764554858),
  unit('ImperialBeerBarrel', 0.16365924),
  unit('ImperialGallon', 0.004546090000001814, 'Kilo', 'Mega'),
  unit('ImperialOunce', 2.84130624999629e-5),
  unit('ImperialPint', 5.6826125e-4),
  unit('MetricCup', 2.5e-4),
  unit('MetricTeaspoon', 5e-6),
  unit('OilBarrel', 0.158987294928),
  unit('UkTablespoon', 1.5e-5),
  unit('UsBeerBarrel', 0.1173477658),
  unit('UsCustomaryCup', 0.0002365882365),
  unit('UsGallon', 0.00378541, 'Deci', 'Deca', 'Hecto', 'Kilo', 'Mega'),
  unit('UsLegalCup', 0.00024),
  unit('UsOunce', 2.9573529562537606e-5),
  unit('UsPint', 4.73176473e-4),
  unit('UsQuart', 9.46352946e-4),
  unit('UsTablespoon', 1.478676478125e-5),
  unit('UsTeaspoon', 4.92892159375e-6),
);

export const hosts: readonly HostFunction[] = [
  host('convert_angle', (value, from, to) => {
    const degrees = from === 'Tilt' ? (Math.asin(value) * 180) / Math.PI : scaled(ANGLES, value, from, 'Degree');
    if (degrees === null) return null;
    return to === 'Tilt' ? Math.sin((degrees / 180) * Math.PI) : scaled(ANGLES, degrees, 'Degree', to);
  }),
  ...Object.entries({
    energy: ENERGIES,
    force: FORCES,
    length: LENGTHS,
    mass: MASSES,
    speed: SPEEDS,
    volume: VOLUMES,
  }).map(([quantity, sizes]) => host(`convert_${quantity}`, (value, from, to) => scaled(sizes, value, from, to))),
];

export const functions: readonly ScalarFunction[] = hosts.map((fn) => hostFunction('units', fn));

function scaled(sizes: Units, value: number, from: string, to: string): number | null {
  const [source, target] = [sizes.get(from), sizes.get(to)];
  return source === undefined || target === undefined ? null : (value * source) / target;
}

function host(name: string, run: (value: number, from: string, to: string) => number | null): HostFunction {
  return { name, params: ['real', 'string', 'string'], returns: 'real', run };
}
