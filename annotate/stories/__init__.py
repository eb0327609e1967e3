"""Many Records in, one picture out: claims and their origins, drift, circular sourcing, speakers across articles."""
