package org.altiplano.contract;

import com.fasterxml.jackson.databind.ObjectMapper;

/** Breaks: the contract knows the JDK only. */
class OffendingContract {

    ObjectMapper mapper = new ObjectMapper();
}
