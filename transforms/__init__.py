"""What is done to one record, or to many. Record-wise files hold pure functions and import no Beam."""
