import { describe, expect, it } from 'vitest';
import { messageOf } from './message-of.js';

describe('messageOf', () => {
  it('says what an error says, and whatever else was thrown as a text', () => {
    expect(messageOf(new TypeError('no such thing'))).toBe('no such thing');
    expect([messageOf('plain'), messageOf(undefined), messageOf(7)]).toEqual(['plain', 'undefined', '7']);
  });
});
