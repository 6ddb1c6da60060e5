// @ts-check
import { openQueue } from './amqplib-queue.js';

/** A classic durable queue by amqplib. @param {string} url */
export const open = (url) => openQueue(url, 'classic');
