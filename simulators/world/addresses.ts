/** `RemoteIPType` of an address, as Defender types it; the ranges for documentation stand in for public addresses. */
export function addressType(address: string): string {
  if (address === '') return '';
  if (address.includes(':')) return typeOfIpv6(address.toLowerCase());
  const [a = 0, b = 0, c = 0, d = 0] = address.split('.').map(Number);
  if (a === 10 || (a === 172 && b >= 16 && b <= 31) || (a === 192 && b === 168)) return 'Private';
  if (a === 127) return 'Loopback';
  if (a === 169 && b === 254) return 'LinkLocal';
  if (a === 100 && b >= 64 && b <= 127) return 'CarrierGradeNat';
  if (a === 255 && b === 255 && c === 255 && d === 255) return 'Broadcast';
  if (a === 0 || a >= 224) return 'Reserved';
  return 'Public';
}

function typeOfIpv6(address: string): string {
  if (address.startsWith('::ffff:')) return 'FourToSixMapping';
  if (address === '::1') return 'Loopback';
  if (address.startsWith('2001:0:') || address.startsWith('2001::')) return 'Teredo';
  if (/^f[cd]/.test(address)) return 'Private';
  if (/^fe[89ab]/.test(address)) return 'LinkLocal';
  if (address === '::' || address.startsWith('ff')) return 'Reserved';
  return 'Public';
}
