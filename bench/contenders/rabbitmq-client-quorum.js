// @ts-check
import { openQueue } from './rabbitmq-client-queue.js';

/** A quorum queue by rabbitmq-client. @param {string} url */
export const open = (url) => openQueue(url, 'quorum');
