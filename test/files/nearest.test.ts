import { describe, expect, it } from 'vitest';
import { didYouMean, nearestName } from '../../harness/files/nearest.js';

describe('the nearest name', () => {
  it('mends slips of the fingers, whatever the case', () => {
    expect(nearestName('Timestmap', ['Timestamp', 'DeviceName'])).toBe('Timestamp');
    expect(nearestName('REMOTEURL', ['RemoteIP', 'RemoteUrl'])).toBe('RemoteUrl');
    expect(nearestName('prot', ['name', 'port'])).toBe('port');
  });

  it('finds the longer name of which a part was written', () => {
    const columns = ['InitiatingProcessAccountName', 'InitiatingProcessParentAccountNameOther', 'DeviceName'];
    expect(nearestName('AccountName', columns)).toBe('InitiatingProcessAccountName');
  });

  it('says nothing rather than something far-fetched', () => {
    expect(nearestName('cadence', ['id', 'hosts', 'label'])).toBeUndefined();
    expect(didYouMean('x', [])).toBeUndefined();
  });
});
