import { declaredEventTypes } from '../typing/event-types.js';

/** The stored name of the store's own event about a shredding. */
export const SHREDDED = '$shredded';

/**
 * The store's own event: personal data of a subject in the events of this stream before this one cannot be read any more.
 * It comes to every stream that had some, so a projection with `@On(PersonalDataShredded)` blanks what it has copied.
 */
export class PersonalDataShredded {
  constructor(readonly subject: string) {}
}
declaredEventTypes.add(PersonalDataShredded, SHREDDED, 1);
