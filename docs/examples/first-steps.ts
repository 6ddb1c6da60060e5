import { Aggregate, AggregateRoot, repositoryOf, When } from '@annals/cqrs';
import { DomainEvent, LogEventStore } from '@annals/event-store';
import { InMemoryLog, InMemoryUnitOfWork } from '@annals/log';

@DomainEvent('copies-reserved')
class CopiesReserved {
  constructor(readonly copies: number) {}
}

@Aggregate('book')
class Book extends AggregateRoot {
  private left = 5;
  reserve(copies: number): void {
    if (copies > this.left) throw new Error(`Only ${this.left} copies are left`);
    this.apply(new CopiesReserved(copies));
  }

  @When(CopiesReserved)
  protected whenReserved({ copies }: CopiesReserved): void {
    this.left -= copies;
  }
}

const log = new InMemoryLog();
const store = new LogEventStore({ log, wakesReaders: log, unitOfWork: new InMemoryUnitOfWork(log) });
const books = repositoryOf(store, Book);
const book = new Book('dune');
book.reserve(2);
await books.save(book);
for await (const { revision, type, data } of store.read('book-dune')) console.log(revision, type, data);
