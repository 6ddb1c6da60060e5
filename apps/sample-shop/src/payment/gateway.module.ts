import { BusModule } from '@annals/bus';
import { Module } from '@nestjs/common';
import type { DynamicModule } from '@nestjs/common';
import { SHOP_TOPOLOGY } from '../shop-topology.js';
import { PaymentGateway } from './gateway.js';

/** The payment gateway and the bus, and nothing else of the shop. */
@Module({ providers: [PaymentGateway] })
export class GatewayModule {
  /** @param connectionString of the database in which the bus lies */
  static on(connectionString: string): DynamicModule {
    const applicationName = 'annals payment gateway';
    return {
      module: GatewayModule,
      imports: [BusModule.forRoot({ engine: 'postgres', connectionString, topology: SHOP_TOPOLOGY, applicationName })],
    };
  }
}
