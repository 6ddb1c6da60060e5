import { IsEmail, IsString, MinLength, ValidateNested } from 'class-validator';
import { describe, expect, it } from 'vitest';
import { brokenRules, hasRules } from './event-rules.js';

class Contact {
  @IsEmail()
  @MinLength(5)
  mail: unknown = 'x';
}

class Registered {
  @IsString()
  name: unknown = 7;

  @ValidateNested()
  contacts = [Object.assign(new Contact(), { mail: 'a@example.org' }), new Contact()];

  @ValidateNested()
  home: unknown = new Contact();
}

class RegisteredAbroad extends Registered {}
class Plain {
  readonly name = 7;
}

describe('event rules', () => {
  it('are those of a class and of what it extends', () => {
    expect([Registered, RegisteredAbroad, Plain, Object].map(hasRules)).toEqual([true, true, false, false]);
  });

  it('name every fault with its path, however deep', async () => {
    const faults = await brokenRules(new RegisteredAbroad());
    expect(faults.map(({ path }) => path).sort()).toEqual([
      'contacts[1].mail',
      'contacts[1].mail',
      'home.mail',
      'home.mail',
      'name',
    ]);
    expect(faults).toContainEqual({ path: 'name', fault: 'must be a string' });
    expect(faults).toContainEqual({ path: 'home.mail', fault: 'must be an email' });
  });

  it('leave alone what they do not mention', async () => {
    const data = Object.assign(new Registered(), {
      name: 'a',
      contacts: [],
      home: Object.assign(new Contact(), { mail: 'b@example.org' }),
      more: 1,
    });
    expect(await brokenRules(data)).toEqual([]);
    expect(data).toHaveProperty('more', 1);
  });
});
