import { QueryFailedError } from 'typeorm';
import { describe, expect, it } from 'vitest';
import { isConnectionLoss, sqlState } from './sql-state.js';

const reported = (code: string): Error => Object.assign(new Error('reported'), { code, severity: 'ERROR' });
const wrapped = (error: Error): Error => new QueryFailedError('SELECT 1', [], error);

describe('sqlState', () => {
  it('is that of what the server reported, also where TypeORM has wrapped it', () => {
    expect([sqlState(reported('55P03')), sqlState(wrapped(reported('55P03')))]).toEqual(['55P03', '55P03']);
    expect([sqlState(new Error('other')), sqlState(wrapped(new Error('other'))), sqlState('other')]).toEqual(
      Array(3).fill(undefined),
    );
  });
});

describe('isConnectionLoss', () => {
  it('sees what became of the connection, also where TypeORM has wrapped it', () => {
    const lost = [
      reported('57P01'),
      new Error('Connection terminated'),
      Object.assign(new Error(''), { code: 'EPIPE' }),
    ];
    const not = [reported('08P01'), reported('23505'), new Error('other')];
    expect([...lost, ...lost.map(wrapped)].map(isConnectionLoss)).toEqual(Array(6).fill(true));
    expect([...not, ...not.map(wrapped)].map(isConnectionLoss)).toEqual(Array(6).fill(false));
  });
});
