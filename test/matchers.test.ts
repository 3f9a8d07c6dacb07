import { describe, expect, it } from 'vitest';
import { kql, matchers, rule } from '../harness/matchers.js';

expect.extend(matchers);

const shells = kql(`
  DeviceNetworkEvents
  | where Timestamp > ago(1h) and InitiatingProcessFileName in~ ("powershell.exe", "cmd.exe")
  | project DeviceName, RemotePort`);

const event = (InitiatingProcessFileName: string): Record<string, string | number> => ({
  DeviceName: 'host-1',
  InitiatingProcessFileName,
  RemotePort: 443,
});

describe('matchers', () => {
  it('accept what holds', async () => {
    await expect(shells).toDetect({ DeviceNetworkEvents: [event('powershell.exe'), event('CMD.exe')] });
    await expect(shells).toIgnore({ DeviceNetworkEvents: [event('chrome.exe')] });
    await expect(shells).toReturnRows({ DeviceNetworkEvents: [event('cmd.exe')] }, [
      { DeviceName: 'host-1', RemotePort: 443 },
    ]);
    await expect(shells).not.toDetect({ DeviceNetworkEvents: [event('powershell.exe'), event('chrome.exe')] });
  });

  it('name the events that were missed or raised an alert', async () => {
    const mixed = { DeviceNetworkEvents: [event('powershell.exe'), event('chrome.exe')] };
    await expect(expect(shells).toDetect(mixed)).rejects.toThrow(
      'expected the rule to detect every event, but no alert came from DeviceNetworkEvents[1]',
    );
    await expect(expect(shells).toIgnore(mixed)).rejects.toThrow('but an alert came from DeviceNetworkEvents[0]');
  });

  it('say what the nearest row lacks', async () => {
    const events = { DeviceNetworkEvents: [event('cmd.exe')] };
    await expect(expect(shells).toReturnRows(events, [{ RemotePort: 80 }])).rejects.toThrow(
      'expected a row with {"RemotePort":80}; in the nearest row RemotePort is 443',
    );
  });

  it('refuse events that do not fit the table', async () => {
    await expect(expect(shells).toIgnore({ DeviceNetworkEvents: [{ RemotePrt: 1 }] })).rejects.toThrow(
      "Did you mean 'RemotePort'?",
    );
    await expect(expect(shells).toIgnore({ DeviceNetworkEvents: [{ RemotePort: 'x' }] })).rejects.toThrow(
      "'RemotePort' is of type int",
    );
  });

  it('take turns, so that assertions may run side by side', async () => {
    await Promise.all(
      Array.from({ length: 10 }, (_, i) =>
        i % 2 === 0
          ? expect(shells).toDetect({ DeviceNetworkEvents: [event('cmd.exe')] })
          : expect(shells).toIgnore({ DeviceNetworkEvents: [event('git.exe')] }),
      ),
    );
  });

  it('read a detection from its folder', async () => {
    const deadDrop = rule('detections/dead-drop-repaired');
    const lookup = { InitiatingProcessFileName: 'rundll32.exe', RemoteUrl: 'raw.githubusercontent.com' };
    await expect(deadDrop).toDetect({ DeviceNetworkEvents: [lookup] });
  });
});
