import type { ICommandHandler, Repository } from '@annals/cqrs';
import { CommandHandler, InjectAggregates } from '@annals/cqrs';
import { nameInStream } from '../name-in-stream.js';
import type { Recorded } from '../recorded.js';
import { ListProduct } from './list-product.js';
import { Product } from './product.js';

@CommandHandler(ListProduct)
export class ListProductHandler implements ICommandHandler<ListProduct> {
  constructor(@InjectAggregates(Product) private readonly products: Repository<Product>) {}

  async execute({ code, description, commandId }: ListProduct): Promise<Recorded> {
    const name = nameInStream(code);
    const product = (await this.products.find(name)) ?? new Product(name);
    product.list(code, description);
    const saved = await this.products.save(product, commandId === undefined ? undefined : { commandId });
    return saved === undefined ? 'already' : 'new';
  }
}
