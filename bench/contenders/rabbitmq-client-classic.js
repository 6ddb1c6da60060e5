// @ts-check
import { openQueue } from './rabbitmq-client-queue.js';

/** A classic durable queue by rabbitmq-client. @param {string} url */
export const open = (url) => openQueue(url, 'classic');
