package org.altiplano.security.lawless;

import org.altiplano.contract.Message;

/** Breaks: security is a leaf. */
class OffendingCaller {

    Message message;
}
