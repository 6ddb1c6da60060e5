import { BusModule } from '@annals/bus';
import { CqrsModule } from '@annals/cqrs';
import { EventStoreModule } from '@annals/event-store';
import type { DynamicModule } from '@nestjs/common';
import { Module } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { TypeOrmModule } from '@nestjs/typeorm';
import { Billing } from './billing/billing.js';
import { InvoiceRow } from './billing/invoice-row.js';
import { InvoicesController } from './billing/invoices.controller.js';
import { AdjustMoneyHandler } from './bookkeeping/adjust-money.handler.js';
import { moneyAdjustment } from './bookkeeping/money-adjustment.js';
import { AdjustStockHandler } from './catalogue/adjust-stock.handler.js';
import { ListProductHandler } from './catalogue/list-product.handler.js';
import { Product } from './catalogue/product.js';
import { ProductList } from './catalogue/product-list.js';
import { ProductRow } from './catalogue/product-row.js';
import { ProductsController } from './catalogue/products.controller.js';
import { Customer } from './customers/customer.js';
import { ForgetCustomerHandler } from './customers/forget-customer.handler.js';
import { GiveContactHandler } from './customers/give-contact.handler.js';
import { CustomerList } from './customers/customer-list.js';
import { CustomerRow } from './customers/customer-row.js';
import { CustomersController } from './customers/customers.controller.js';
import { GroupsController } from './groups/groups.controller.js';
import { DeadLettersController } from './dead-letters/dead-letters.controller.js';
import { Importer } from './importing/importer.js';
import { Picking } from './inventory/picking.js';
import { Mailer } from './mailing/mailer.js';
import { MailsController } from './mailing/mails.controller.js';
import { NOTIFICATIONS, Notifications } from './notification/notifications.js';
import { Order } from './ordering/order.js';
import { OrderList } from './ordering/order-list.js';
import { OrderRow } from './ordering/order-row.js';
import { OrdersController } from './ordering/orders.controller.js';
import { PlaceOrderHandler } from './ordering/place-order.handler.js';
import { RecordReturnHandler } from './ordering/record-return.handler.js';
import { Return } from './ordering/return.js';
import { ReturnOrderLinesHandler } from './ordering/return-order-lines.handler.js';
import { PaymentsController } from './payment/payments.controller.js';
import { HealthController } from './health/health.controller.js';
import { ProjectionsController } from './projections/projections.controller.js';
import { CustomerSpend } from './reporting/customer-spend.js';
import { CustomerSpendRow } from './reporting/customer-spend-row.js';
import { ProductDayRow } from './reporting/product-day-row.js';
import { ProductSales } from './reporting/product-sales.js';
import { ReportsController } from './reporting/reports.controller.js';
import { StockLevelRow } from './reporting/stock-level-row.js';
import { StockLevels } from './reporting/stock-levels.js';
import { SHOP_TOPOLOGY } from './shop-topology.js';
import { Picker } from './warehouse/picker.js';
import { WarehouseController } from './warehouse/warehouse.controller.js';
import { WarehouseOrders } from './warehouse/warehouse-orders.js';
import { OrderPage } from './web/order-page.controller.js';

const ROWS = [CustomerRow, CustomerSpendRow, InvoiceRow, OrderRow, ProductDayRow, ProductRow, StockLevelRow];

/** The whole shop: commands and their aggregates, projections and their rows, groups that follow the events, and what is served over HTTP. */
@Module({
  imports: [
    TerminusModule,
    TypeOrmModule.forFeature(ROWS),
    CqrsModule.forRoot({}),
    CqrsModule.forFeature([Customer, Order, Product, Return, moneyAdjustment]),
  ],
  controllers: [
    ...[CustomersController, OrdersController, ProductsController],
    ...[GroupsController, InvoicesController, OrderPage],
    ...[DeadLettersController, MailsController, PaymentsController, WarehouseController],
    ...[HealthController, ProjectionsController, ReportsController],
  ],
  providers: [
    ...[AdjustMoneyHandler, AdjustStockHandler, ListProductHandler],
    ...[PlaceOrderHandler, RecordReturnHandler, ReturnOrderLinesHandler],
    ...[ForgetCustomerHandler, GiveContactHandler],
    ...[CustomerList, OrderList, ProductList],
    ...[CustomerSpend, ProductSales, StockLevels],
    ...[Billing, Notifications, Picking, WarehouseOrders],
    ...[Mailer, Picker],
    Importer,
  ],
})
export class ShopModule {
  /**
   * @param connectionString of the database, in which the read model's tables have been made
   * @param consumes whether it takes part in the work of groups and queues, or leaves that to other shops
   */
  static on(connectionString: string, consumes = true): DynamicModule {
    return {
      module: ShopModule,
      imports: [
        TypeOrmModule.forRoot({ type: 'postgres', url: connectionString, entities: ROWS, retryAttempts: 0 }),
        EventStoreModule.forRoot({ engine: 'postgres', connectionString, applicationName: 'annals sample shop' }),
        BusModule.forRoot({
          engine: 'postgres',
          topics: { [NOTIFICATIONS]: { partitions: 4 } },
          topology: SHOP_TOPOLOGY,
          autoStart: consumes,
        }),
      ],
    };
  }
}
