// @ts-check
import { openQueue } from './amqplib-queue.js';

/** A quorum queue by amqplib. @param {string} url */
export const open = (url) => openQueue(url, 'quorum');
