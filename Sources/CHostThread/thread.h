/* SPDX-License-Identifier: Apache-2.0 */

#ifndef HOST_THREAD_H
#define HOST_THREAD_H

/* Gives the thread what its calls need before the first of them: an alternate signal stack, so that a plugin that
 * overflows the stack can still be named. Cheap when done already. */
void host_thread_prepare(void);

/* Lets others see the calls of this thread, until it withdraws. */
void host_call_announce(void);
void host_call_withdraw(void);

#endif
